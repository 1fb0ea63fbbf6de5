import type { FileHandle } from 'node:fs/promises'
import type { Origin } from '../representations/json-reader.ts'

/** Bytes read at a time. */
const chunkBytes = 1024 * 1024

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

/** Behind these a number or a word of a JSON text has ended. */
const endsWord = (byte: number): boolean => isSpace(byte) || byte === 0x2c || byte === 0x5d || byte === 0x7d

/**
 * Walks over a JSON text in a file value by value, holding a window of it in memory: the value that is being looked at and no more. It
 * finds where values end and judges nothing else; what it hands out is read by a parser that knows what it should be.
 */
export class JsonScanner {
  readonly #handle: FileHandle
  #window: Buffer = Buffer.alloc(0)
  /** Where the window begins in the file, and where we stand in the window. */
  #base: number
  #at = 0
  /** From here on the window must not lose anything. */
  #keep: number | undefined
  #line: number
  /** Where the line begins in the file. */
  #lineStart: number
  /** Where the last carriage return stands: a line feed behind it begins no other line. */
  #returnAt = -1
  #depth = 0
  #inString = false
  #inWord = false

  /** Starts at an offset, whose line and column are told. */
  constructor(handle: FileHandle, start: { offset: number; line: number; column: number } = { offset: 0, line: 1, column: 1 }) {
    this.#handle = handle
    this.#base = start.offset
    this.#line = start.line
    this.#lineStart = start.offset - start.column + 1
  }

  /** Of the next byte, in the file. */
  get offset(): number {
    return this.#base + this.#at
  }

  get place(): Pick<Origin, 'line' | 'column'> {
    return { line: this.#line, column: this.offset - this.#lineStart + 1 }
  }

  /** The next byte that is not white space, which is not taken; undefined at the end of the file. */
  async next(): Promise<number | undefined> {
    for (;;) {
      for (; this.#at < this.#window.length; this.#at++) {
        const byte = this.#window[this.#at] ?? 0
        if (!isSpace(byte)) return byte
        this.#countLine(byte, this.#at)
      }
      if (!(await this.#fill())) return undefined
    }
  }

  /** Takes one byte. */
  take(): void {
    this.#at++
  }

  /** Takes a byte order mark, if the file begins with one. */
  async takeMark(): Promise<void> {
    if ((await this.next()) !== 0xef || this.offset !== 0) return
    if (this.#window[1] === 0xbb && this.#window[2] === 0xbf) this.#at = 3
  }

  /** From now on everything is kept for `kept`. */
  keep(): void {
    this.#keep = this.#at
  }

  /** What was passed since `keep`, without a copy: good until the scanner goes on. */
  kept(): Buffer {
    const bytes = this.#window.subarray(this.#keep ?? this.#at, this.#at)
    this.#keep = undefined
    return bytes
  }

  /** What was passed since an offset behind `keep`. */
  from(offset: number): Buffer {
    return this.#window.subarray(offset - this.#base, this.#at)
  }

  /** Passes over the value whose first byte is next. False when the file ends before it does. */
  async skip(): Promise<boolean> {
    this.#depth = 0
    this.#inString = false
    this.#inWord = false
    while (!this.#skipInWindow()) if (!(await this.#fill())) return this.#inWord
    return true
  }

  /** Passes over everything that is left. */
  async skipAll(): Promise<void> {
    do this.#at = this.#window.length
    while (await this.#fill())
  }

  /** True when the value has come to its end. */
  #skipInWindow(): boolean {
    const window = this.#window
    while (this.#at < window.length) {
      const byte = window[this.#at] ?? 0
      if (this.#inString) {
        // An escaped character takes two; the second may be in the next chunk.
        this.#at += byte === 0x5c ? 2 : 1
        if (byte !== 0x22) continue
        this.#inString = false
        if (this.#depth === 0) return true
      } else if (this.#inWord) {
        if (endsWord(byte)) return true
        this.#at++
      } else if (this.#begin(byte)) return true
    }
    return false
  }

  /** Outside of strings and words. True when the byte ends the value. */
  #begin(byte: number): boolean {
    const closes = byte === 0x7d || byte === 0x5d
    if (closes && this.#depth === 0) return true
    this.#at++
    if (byte === 0x22) this.#inString = true
    else if (byte === 0x7b || byte === 0x5b) this.#depth++
    else if (closes) this.#depth--
    else if (isSpace(byte)) this.#countLine(byte, this.#at - 1)
    else this.#inWord = this.#depth === 0
    return closes && this.#depth === 0
  }

  #countLine(byte: number, at: number): void {
    if (byte !== 0x0a && byte !== 0x0d) return
    const offset = this.#base + at
    if (byte === 0x0d || this.#returnAt !== offset - 1) this.#line++
    if (byte === 0x0d) this.#returnAt = offset
    this.#lineStart = offset + 1
  }

  /** Reads on. A window that had to grow grows to twice its size, so that a long value is not copied again and again. */
  async #fill(): Promise<boolean> {
    const from = Math.min(this.#keep ?? this.#at, this.#window.length)
    const rest = this.#window.subarray(from)
    const grown = Buffer.allocUnsafe(rest.length + Math.max(chunkBytes, rest.length))
    rest.copy(grown)
    const { bytesRead } = await this.#handle.read(grown, rest.length, grown.length - rest.length, this.#base + this.#window.length)
    this.#base += from
    this.#at -= from
    if (this.#keep !== undefined) this.#keep = 0
    this.#window = grown.subarray(0, rest.length + bytesRead)
    return bytesRead > 0
  }
}
