import { Refusal } from '../../core/refusal.js'
import type { PortsipAccount } from './fixture.js'

/** Code points of the letters and digits of a password, in any letter case; what else there is stands apart. */
const codes = (password: string): number[] =>
  [...password.toLowerCase()].map((character) =>
    /[\p{L}\p{N}]/u.test(character) ? Number(character.codePointAt(0)) : Number.NaN,
  )

/** Whether three neighbours are each `step` from the one before. */
const runs = (numbers: readonly number[], step: number): boolean =>
  numbers.some((number, at) => numbers[at + 1] === number + step && numbers[at + 2] === number + 2 * step)

/** What of the account stands in the password, in any letter case. Names of one or two letters would forbid too much. */
const tells = (password: string, { username, email, display_name }: PortsipAccount['profile']): boolean =>
  [username, email, display_name].some(
    (text) => text !== null && text.length > 2 && password.toLowerCase().includes(text.toLowerCase()),
  )

/** The defaults of a tenant’s policy, named by its members; what each of them means in detail nobody says. */
const policy: readonly (readonly [string, (password: string, account: PortsipAccount) => boolean])[] = [
  ['at least 6 characters (min_length)', (password) => [...password].length >= 6],
  ['at most 32 characters (max_length)', (password) => [...password].length <= 32],
  ['a letter (contains_letters)', (password) => /\p{L}/u.test(password)],
  ['a digit (contains_numbers)', (password) => /\p{N}/u.test(password)],
  ['neither letter nor digit (contains_special_letters)', (password) => /[^\p{L}\p{N}]/u.test(password)],
  ['no three in sequence (disable_sequential)', (password) => !runs(codes(password), 1) && !runs(codes(password), -1)],
  ['no three alike (disable_repeating)', (password) => !/(.)\1\1/su.test(password)],
  ['nothing of the account (disable_account_information)', (password, { profile }) => !tells(password, profile)],
]

/** Throws `invalid-input` with all that the policy finds wrong. */
export function assertAcceptable(password: string, account: PortsipAccount, pointer: string): void {
  const problems = policy.flatMap(([expected, holds]) => (holds(password, account) ? [] : { pointer, expected }))
  if (problems.length > 0) throw new Refusal('invalid-input', { problems })
}
