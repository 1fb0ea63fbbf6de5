/** What a User-Agent says of the device and the program somebody uses, in the reference's words. */
export interface Device {
  readonly os: string
  readonly osVersion: string
  readonly device: string
  readonly mobile: boolean
  /** `Firefox/121.0`; undefined when nothing at all is known. */
  readonly browser: string | undefined
}

const other = 'Other'
const unknown = 'Unknown'

/** A session from which no User-Agent came. */
const unknownDevice: Device = { os: other, osVersion: unknown, device: other, mobile: false, browser: undefined }

interface Rule {
  readonly pattern: RegExp
  /** Absent: the first group of the pattern. */
  readonly name?: string
  /** Parts of the version that are told; 3 unless given. */
  readonly parts?: number
}

const v = String.raw`(\d+(?:\.\d+)*)`
const rule = (pattern: string, name?: string, parts?: number): Rule => ({
  pattern: new RegExp(pattern),
  ...(name === undefined ? {} : { name }),
  ...(parts === undefined ? {} : { parts }),
})

/** Programs, the more special one first. With a name the version is the first group, without one the second. */
const browsers: readonly Rule[] = [
  rule(`(Googlebot|bingbot|Slurp|DuckDuckBot|Baiduspider|YandexBot|Applebot|facebookexternalhit|Twitterbot|AhrefsBot)/${v}`, undefined, 2),
  rule(`Windows Phone.*Edge?/${v}`, 'Edge Mobile'),
  rule(`EdgA/${v}`, 'Edge Mobile'),
  rule(`EdgiOS/${v}`, 'Edge Mobile'),
  rule(`Edg(?:e|)/${v}`, 'Edge'),
  rule(`(?:OPR|OPiOS)/${v}.*Mobile|Mobile.*(?:OPR|OPiOS)/${v}`, 'Opera Mobile'),
  rule(`OPR/${v}`, 'Opera'),
  rule(`Opera/9\\.80.*Version/${v}`, 'Opera'),
  rule(`SamsungBrowser/${v}`, 'Samsung Internet'),
  rule(`Silk/${v}`, 'Amazon Silk'),
  rule(`CriOS/${v}`, 'Chrome Mobile iOS'),
  rule(`FxiOS/${v}`, 'Firefox iOS'),
  rule(`(?:Mobile|Tablet);.*Firefox/${v}`, 'Firefox Mobile'),
  rule(`(Thunderbird|SeaMonkey|PaleMoon)/${v}`),
  rule(`Firefox/${v}`, 'Firefox'),
  rule(`(HeadlessChrome)/${v}`),
  rule(`; wv\\).*Chrome/${v}`, 'Chrome Mobile WebView'),
  rule(`Chrome/${v} Mobile`, 'Chrome Mobile'),
  rule(`Chromium/${v}`, 'Chromium'),
  rule(`Chrome/${v}`, 'Chrome'),
  rule(`(?:iPhone|iPad|iPod).*Version/${v}.*Safari/`, 'Mobile Safari'),
  rule(`Android.*Version/${v}.*Safari/`, 'Android'),
  rule(`(?:iPhone|iPad|iPod).*AppleWebKit/(?!.*Safari/)`, 'Mobile Safari UI/WKWebView'),
  rule(`Version/${v}.*Safari/`, 'Safari'),
  rule(`Trident/7\\.0.*rv:${v}`, 'IE'),
  rule(`MSIE ${v}`, 'IE'),
  rule(`python-requests/${v}`, 'Python Requests', 2),
  rule(`(Python-urllib|Apache-HttpClient|PostmanRuntime|okhttp|axios|insomnia|curl|Go-http-client|Wget)/${v}`),
  rule(`^(Java)/${v}`),
]

const systems: readonly Rule[] = [
  rule(`Windows Phone(?: OS)? ${v}`, 'Windows Phone'),
  rule(`Android[ /-]?${v}`, 'Android'),
  rule('Android', 'Android'),
  rule(String.raw`CPU (?:iPhone )?OS (\d+(?:_\d+)*)`, 'iOS'),
  rule('iPhone|iPad|iPod', 'iOS'),
  rule(String.raw`Mac OS X (\d+(?:[._]\d+)*)`, 'Mac OS X'),
  rule('Mac OS X|Macintosh', 'Mac OS X'),
  rule(String.raw`CrOS \w+ (\d+(?:\.\d+)*)`, 'Chrome OS'),
  rule(`(Ubuntu|Fedora|Debian|CentOS|openSUSE|Gentoo|Arch Linux)(?:/${v})?`),
  rule(`(FreeBSD|OpenBSD|NetBSD)(?: ${v})?`),
  rule('Linux', 'Linux'),
]

/** Windows tells the number of its kernel, and people know it by another name. */
const windowsNames: Readonly<Record<string, string>> = {
  '10.0': '10',
  '6.4': '10',
  '6.3': '8.1',
  '6.2': '8',
  '6.1': '7',
  '6.0': 'Vista',
  '5.2': 'XP',
  '5.1': 'XP',
  '5.0': '2000',
}

/** Programs that nobody holds in his hand. */
const spider = /bot\b|bot\/|spider|crawl|slurp|facebookexternalhit|^Java\/|^Python-urllib/i

/** A User-Agent of a login, cut to a bounded length; each pattern reads it once. */
export function deviceOf(userAgent: string | undefined): Device {
  if (userAgent === undefined || userAgent.trim() === '') return unknownDevice
  const system = systemOf(userAgent)
  return { ...system, device: deviceName(userAgent), mobile: isMobile(userAgent), browser: browserOf(userAgent) }
}

function browserOf(userAgent: string): string {
  for (const { pattern, name, parts = 3 } of browsers) {
    const found = pattern.exec(userAgent)
    if (found === null) continue
    const [own, version] = name === undefined ? [found[1], found[2]] : [name, found[1] ?? found[2]]
    return `${own}/${version === undefined ? unknown : version.split('.').slice(0, parts).join('.')}`
  }
  return `${other}/${unknown}`
}

function systemOf(userAgent: string): Pick<Device, 'os' | 'osVersion'> {
  if (!userAgent.includes('Windows Phone')) {
    const windows = /Windows NT (\d+\.\d+)/.exec(userAgent)?.[1]
    if (windows !== undefined) return { os: 'Windows', osVersion: windowsNames[windows] ?? windows }
    if (/Windows/.test(userAgent)) return { os: 'Windows', osVersion: unknown }
  }
  for (const { pattern, name } of systems) {
    const found = pattern.exec(userAgent)
    if (found === null) continue
    const [os, version] = name === undefined ? [found[1] ?? other, found[2]] : [name, found[1]]
    return { os, osVersion: version?.replaceAll('_', '.') ?? unknown }
  }
  return { os: other, osVersion: unknown }
}

function deviceName(userAgent: string): string {
  if (spider.test(userAgent)) return 'Spider'
  const apple = /iPhone|iPad|iPod/.exec(userAgent)?.[0]
  if (apple !== undefined) return apple
  if (/Macintosh|Mac OS X/.test(userAgent)) return 'Mac'
  if (/Windows Phone/.test(userAgent)) return /; ([^;)]+)\)/.exec(userAgent)?.[1] ?? other
  if (/\bKFTT\b/.test(userAgent)) return 'Kindle Fire HD'
  if (!userAgent.includes('Android')) return other
  if (/Android[^;]*; Mobile;/.test(userAgent)) return 'Generic Smartphone'
  if (/Android[^;]*; Tablet;/.test(userAgent)) return 'Generic Tablet'
  const model = /Android [^;)]+; (?:[a-z]{2}-[a-z]{2}; )?([^;)]+?)(?: Build\/[^;)]*)?[;)]/.exec(userAgent)?.[1]
  if (model === undefined) return /Mobile/.test(userAgent) ? 'Generic Smartphone' : 'Generic Tablet'
  // The browser of Samsung is on Samsung's devices alone.
  return userAgent.includes('SamsungBrowser/') ? `Samsung ${model}` : model
}

/** Tablets are none. */
const isMobile = (userAgent: string): boolean =>
  /\bMobile\b|iPhone|iPod|Windows Phone/.test(userAgent) && !/Googlebot|bingbot/.test(userAgent)
