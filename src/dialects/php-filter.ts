const atom = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
const label = '(?:xn--)?[a-z0-9]+(?:-[a-z0-9]+)*'
const address = new RegExp(
  `^${atom}(?:\\.${atom})*@(?:${label}\\.)+(?:xn--[a-z0-9]+|[a-z][a-z0-9]*)(?:-[a-z0-9]+)*$`,
  'i',
)

/** `FILTER_VALIDATE_EMAIL`, for the addresses that people have: no quoted names, no IP literals. */
export function isEmail(text: string): boolean {
  if (text.length > 320 || !address.test(text)) return false
  const at = text.indexOf('@')
  const labels = text.slice(at + 1).split('.')
  return at <= 64 && text.length - at <= 255 && labels.every(({ length }) => length <= 63)
}
