/** How sure we are of a behaviour, strongest first. */
export const levels = ['seed', 'documented', 'source', 'framework', 'assumed'] as const
export type Evidence = (typeof levels)[number]

/** What a behaviour rests on. */
export interface Ground {
  readonly evidence: Evidence
  /**
   * Where it can be read: a page of the vendor, a file of its source or of its framework's; of what is assumed, where it
   * stands among our decisions: `src/vendors/README.md#tavio`.
   */
  readonly reference: string
}

/** A case in which the same answer rests on less. */
export interface WeakerCase extends Ground {
  readonly case: string
}

export const isWeaker = (evidence: Evidence, than: Evidence): boolean => levels.indexOf(evidence) > levels.indexOf(than)

/** Of two levels the weaker one. */
export const lower = (one: Evidence, other: Evidence): Evidence => (isWeaker(other, one) ? other : one)

/** What all of it together rests on: the weakest, and of equals the first. */
export const weakest = (first: Ground, ...others: readonly Ground[]): Ground =>
  others.reduce((weaker, ground) => (isWeaker(ground.evidence, weaker.evidence) ? ground : weaker), first)

/** What holds for all vendors alike and was decided here. */
export const ours: Ground = { evidence: 'assumed', reference: 'src/vendors/README.md#all' }

/** What is assumed of an answer: that it is the answer at all, and parts of it that no source states. */
export const assumptions = (evidence: Evidence, parts: readonly string[] = []): readonly string[] =>
  evidence === 'assumed' ? ['that this is the answer', ...parts] : parts
