const nonAscii = /[\u0080-\uffff]/g
const isBeyondAscii = /[\u0080-\uffff]/

/** Most have nothing to escape, and to look for one of them is quicker than for all. */
const escapeUnicode = (json: string): string =>
  isBeyondAscii.test(json)
    ? json.replace(nonAscii, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : json

/** `json_encode($value)`: no blanks, `/` as `\/`, everything beyond ASCII as `\uXXXX`. */
export const phpJson = (value: unknown): string => escapeUnicode(JSON.stringify(value)).replaceAll('/', '\\/')

/** `json_encode($value, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES)`: how Laravel's handler prints an exception. */
export const phpPrettyJson = (value: unknown): string => escapeUnicode(JSON.stringify(value, null, 4))
