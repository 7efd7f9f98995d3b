/** As deep as PHP reads JSON. What lies thousands deep can be read, but not written again: writing takes the stack. */
const deepest = 512

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Whether more than 512 arrays and objects lie one within the other. */
export function isTooDeep(value: unknown): boolean {
  let level = [value].filter(isContainer)
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === deepest) return true
    level = level.flatMap((one) => Object.values(one).filter(isContainer))
  }
  return false
}
