const nonAscii = /[\u0080-\uffff]/g
const isAscii = /^[^\u0080-\uffff]*$/

const escapeUnicode = (json: string): string =>
  isAscii.test(json) ? json : json.replace(nonAscii, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** `json_encode($value)`: no blanks, `/` as `\/`, everything beyond ASCII as `\uXXXX`. */
export const phpJson = (value: unknown): string => escapeUnicode(JSON.stringify(value)).replaceAll('/', '\\/')

/** `json_encode($value, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES)`: how Laravel's handler prints an exception. */
export const phpPrettyJson = (value: unknown): string => escapeUnicode(JSON.stringify(value, null, 4))
