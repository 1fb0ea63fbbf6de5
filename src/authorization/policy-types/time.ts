import { type PolicyConfig, type PolicyType, textMember, withValues } from '../policy-type.ts'

/** Members of the representation and their names in the configuration. */
const keys = {
  notBefore: 'nbf',
  notOnOrAfter: 'noa',
  dayMonth: 'dayMonth',
  dayMonthEnd: 'dayMonthEnd',
  month: 'month',
  monthEnd: 'monthEnd',
  year: 'year',
  yearEnd: 'yearEnd',
  hour: 'hour',
  hourEnd: 'hourEnd',
  minute: 'minute',
  minuteEnd: 'minuteEnd',
} as const

/** The context attribute that stands for the current time: `yyyy-MM-dd HH:mm:ss`. */
const timeAttribute = 'kc.time.date_time'

/** It is a certain time, in the server's time zone. */
export const time: PolicyType = {
  id: 'time',
  name: 'Time',
  group: 'Time Based',
  configOf: (members, before) =>
    withValues(before, Object.fromEntries(Object.entries(keys).map(([name, key]) => [key, textMember(members, name)]))),
  members: (config) =>
    Object.fromEntries(Object.entries(keys).flatMap(([name, key]) => (config[key] === undefined ? [] : [[name, config[key]]]))),
  grants(config, { context, now }) {
    const given = context.get(timeAttribute)?.[0]
    const at = given === undefined ? now : readTime(given)
    if (at === undefined) return false
    const from = boundary(config['nbf'])
    const until = boundary(config['noa'])
    if (from === 'unreadable' || until === 'unreadable') return false
    if ((from !== undefined && at < from) || (until !== undefined && at > until)) return false
    return (
      isIn(config, 'dayMonth', at.getDate()) &&
      isIn(config, 'month', at.getMonth() + 1) &&
      isIn(config, 'year', at.getFullYear()) &&
      isIn(config, 'hour', at.getHours()) &&
      isIn(config, 'minute', at.getMinutes())
    )
  },
}

function boundary(text: string | undefined): Date | 'unreadable' | undefined {
  if (text === undefined || text.trim() === '') return undefined
  return readTime(text) ?? 'unreadable'
}

function readTime(text: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = /^\s*(\d+)-(\d+)-(\d+) (\d+):(\d+):(\d+)/.exec(text) ?? []
  if (year === undefined) return undefined
  return new Date(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}

/** `x` alone is that value, `x` with `xEnd` a range that holds both. What is no number holds nothing. */
function isIn(config: PolicyConfig, key: string, value: number): boolean {
  const from = config[key]
  const to = config[`${key}End`]
  if (from === undefined || from === '') return true
  if (to === undefined || to === '') return Number(from) === value
  return value >= Number(from) && value <= Number(to)
}
