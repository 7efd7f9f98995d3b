// Loops over indexes: an expression like /x+$/ begins anew at each x, and so takes minutes over a megabyte of them.

/** The text without those at its end that `one`, an expression for a single character, matches. */
export function trimEndOf(text: string, one: RegExp): string {
  let end = text.length
  while (end > 0 && one.test(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

/** The same at both ends. */
export function trimOf(text: string, one: RegExp): string {
  const head = trimEndOf(text, one)
  let start = 0
  while (start < head.length && one.test(head.charAt(start))) start++
  return head.slice(start)
}
