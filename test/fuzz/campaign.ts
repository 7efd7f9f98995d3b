import fc from 'fast-check'

/** Seed of all that is drawn. */
export const seed = Number(process.env.UNDERSTUDY_FUZZ_SEED ?? 20_260_101)

/** How many requests all campaigns send together. */
const requests = Number(process.env.UNDERSTUDY_FUZZ_REQUESTS ?? 100_000)

/** What part of the requests a campaign sends. */
const parts = { arbitrary: 0.56, schema: 0.2, model: 0.22, socket: 0.02 }
export type Campaign = keyof typeof parts

/** How many requests a campaign sends to one of so many targets. */
export const share = (campaign: Campaign, targets: number): number =>
  Math.max(1, Math.ceil((requests * parts[campaign]) / targets))

/** Long enough for a campaign of any size on a slow machine, in ms. */
export const patience = 120_000 + requests * 5

export const again = (campaign: Campaign): string =>
  `again: UNDERSTUDY_FUZZ_SEED=${seed} UNDERSTUDY_FUZZ_REQUESTS=${requests} npx tap run --disable-coverage test/fuzz/${campaign}.test.ts`

export interface Effort {
  /** How many requests are sent at most. */
  readonly runs: number
  readonly seed?: number
  /** Whether the first counter-example will do; else a smaller one is sought. */
  readonly isHasty?: boolean
}

export interface Hunt<T> extends Effort {
  readonly prey: fc.Arbitrary<T>
  /** Throws what is wrong. */
  readonly trial: (value: T) => Promise<void>
  /** A counter-example as a person reads it; JSON, where left out. */
  readonly show?: (value: T) => string
}

/** The smallest counter-example that was found, in words; `null`: none. */
export async function hunt<T>({ prey, trial, runs, seed: own = seed, isHasty = false, show = shown }: Hunt<T>) {
  const property = fc.asyncProperty(prey, trial)
  const parameters = { numRuns: runs, seed: own, endOnFailure: isHasty }
  const { failed, counterexample, errorInstance } = await fc.check(property, parameters)
  if (!failed) return null
  const reason = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
  return `${reason}\n${counterexample ? show(counterexample[0]) : ''}`
}

const shown = (value: unknown): string => fc.stringify(value)
