import type { Measurement } from './measure.ts'

/** One group of bars: the same figure of every server. */
interface Group {
  readonly title: string
  readonly value: (one: Measurement) => number | undefined
  readonly print: (value: number) => string
}

const groupsOf = (unit: string): readonly Group[] => [
  {
    title: `${unit} per CPU-second (longer is better)`,
    value: (one) => one.requestsPerCpuSecond,
    print: (value) => Math.round(value).toLocaleString('en-US'),
  },
  {
    title: 'memory after load (shorter is better)',
    value: (one) => one.loadedBytes,
    print: (value) => `${Math.round(value / 1024 ** 2)} MiB`,
  },
  {
    title: 'CPU to the first token (shorter is better)',
    value: (one) => one.firstTokenCpuSeconds,
    print: (value) => `${value.toFixed(2)} s`,
  },
]

const width = 740
const left = 110
const barWidthMax = 400
const barHeight = 18
const rowHeight = 24
const groupGap = 34

/** Legible on a white page and on a dark one. */
const colours = { text: '#7d8590', own: '#2f81c7', other: '#9aa1a9' }

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;')

interface Bar {
  readonly label: string
  readonly value: number
}

function drawBar(bar: Bar, largest: number, top: number, group: Group, reference: number | undefined): string {
  const length = Math.max(2, (bar.value / largest) * barWidthMax)
  const compared = reference === undefined || bar.label === 'reference' ? '' : ` (${times(bar.value / reference)})`
  const colour = bar.label === 'ostiary' ? colours.own : colours.other
  const baseline = top + barHeight - 5
  return [
    `<text x="${left - 8}" y="${baseline}" text-anchor="end">${escaped(bar.label)}</text>`,
    `<rect x="${left}" y="${top}" width="${length.toFixed(1)}" height="${barHeight}" rx="2" fill="${colour}"/>`,
    `<text x="${(left + length + 6).toFixed(1)}" y="${baseline}">${escaped(group.print(bar.value) + compared)}</text>`,
  ].join('\n')
}

/** `5.4 × the reference`, with two digits below one. */
const times = (value: number): string => `${value < 1 ? value.toFixed(2) : value.toFixed(1)} × the reference`

/** The figures as a picture for the README: an SVG of its own, without fonts or styles from elsewhere. */
export function chart(measurements: readonly Measurement[], unit: string): string {
  const pieces: string[] = []
  let top = 8
  for (const group of groupsOf(unit)) {
    const bars = measurements.flatMap((one): Bar[] => {
      const value = group.value(one)
      return value === undefined ? [] : [{ label: one.name, value }]
    })
    if (bars.length === 0) continue
    const largest = Math.max(...bars.map((bar) => bar.value))
    const reference = bars.find((bar) => bar.label === 'reference')?.value
    pieces.push(`<text x="${left}" y="${top + 12}" font-weight="600">${escaped(group.title)}</text>`)
    top += rowHeight - 2
    for (const bar of bars) {
      pieces.push(drawBar(bar, largest, top, group, reference))
      top += rowHeight
    }
    top += groupGap - rowHeight
  }
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img"`
  const style = `font-family="system-ui, sans-serif" font-size="13" fill="${colours.text}"`
  return `${head} aria-label="${escaped(`Ostiary beside the reference server and a bare signer: ${unit}`)}" ${style}>\n${pieces.join('\n')}\n</svg>\n`
}
