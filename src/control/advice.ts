import { type Static, Type } from '@sinclair/typebox'
import { ImpossibleAccount } from '../core/account.js'
import { ImpossibleToken } from '../core/forge.js'
import type { Refusal } from '../core/refusal.js'
import type { World } from '../core/world.js'
import { isWeaker } from '../vendors/vendor.js'
import type { Case } from './case.js'
import type { Question } from './control.js'
import { type Step, waiting } from './step.js'

/** Stands in requests for the token that was minted, and for the password of the account. */
export const placeholders = { token: '<token>', password: '<password>' } as const

const doings = ['again', 'log-in', 'present', 'send', 'mend'] as const

export const Advice = Type.Object({
  do: Type.Union(
    doings.map((one) => Type.Literal(one)),
    {
      description:
        '`again`: the same request, after `first`; `log-in`, `present` a token, `send`: `request`; all of these have been tried in a copy of the world, which has no faults, and are accepted there; `mend`: what could not be tried',
    },
  ),
  text: Type.String(),
  account: Type.Optional(Type.String({ description: 'id of the account that logs in' })),
  first: Type.Array(Type.Object({ method: Type.String(), path: Type.String(), body: Type.Optional(Type.Unknown()) }), {
    description: 'requests to the control plane that have to come before',
  }),
  request: Type.Optional(
    Type.Object(
      {
        method: Type.String(),
        path: Type.String({ description: 'the vendor’s own' }),
        headers: Type.Optional(
          Type.Record(Type.String(), Type.String(), { description: 'left out: those that were sent' }),
        ),
        body: Type.Optional(
          Type.Union([Type.String(), Type.Null()], { description: 'left out: the one that was sent; null: none' }),
        ),
      },
      {
        description: `\`${placeholders.token}\` stands for the token that \`first\` mints, \`${placeholders.password}\` for the password of the account`,
      },
    ),
  ),
})

export type Advice = Static<typeof Advice>

/** Advice that has not been tried. */
export interface Proposal {
  readonly do: Exclude<Advice['do'], 'mend'>
  readonly text: string
  /** Who logs in. */
  readonly account?: string
  readonly steps: readonly Step[]
  /** What would be sent, with that token if one is made. */
  ask(token: string): Question
  /** As it is shown. */
  readonly request?: Advice['request']
  /** What the world is like for whoever follows the advice. */
  prepare?(copy: World): Promise<void>
}

/** How often something may have to be waited for. */
const waits = 2

/** Until when a refusal stands in the way of every request, if it does. */
function blockedUntil({ code, facts }: Refusal): number | undefined {
  if (code === 'account-locked' && 'until' in facts) return facts.until
  return code === 'throttled' && 'resetAt' in facts ? facts.resetAt : undefined
}

async function answer(of: Case, proposal: Proposal, steps: readonly Step[]): Promise<Refusal | 'weak' | null> {
  const { rehearsal, required } = of.control
  const copy = rehearsal.copy(of.world)
  try {
    await proposal.prepare?.(copy)
    let token: string = placeholders.token
    for (const step of steps) token = (await step.apply(copy)) ?? token
    copy.rebase()
    const { address } = of.entry.exchange
    const { refusal, evidence } = await rehearsal.ask(copy, { ...proposal.ask(token), address })
    if (refusal) return refusal
    return required !== undefined && evidence !== null && isWeaker(evidence, required) ? 'weak' : null
  } finally {
    copy.close()
  }
}

/**
 * Tries what is proposed in a copy of the world, from the client's own address, after what has to come first in this case;
 * where it is locked out or throttled, after that. What is accepted becomes advice; otherwise the refusal is told that
 * is left, with the case in which it is: `undefined`, where it could not be tried.
 */
export async function tried(
  of: Case,
  proposal: Proposal,
): Promise<{ advice: Advice } | { refusal: Refusal; of: Case } | undefined> {
  let first = of.first
  try {
    for (;;) {
      const steps = [...first, ...proposal.steps]
      const refusal = await answer(of, proposal, steps)
      if (refusal === 'weak') return undefined
      if (refusal === null) {
        const { do: doing, request, account } = proposal
        const shown = steps.filter((step) => !proposal.text.includes(step.text)).map(({ text }) => text)
        const text = [...shown, proposal.text].filter((part) => part !== '').join(' ')
        const advice = {
          do: doing,
          text: text === '' && doing === 'again' ? 'Send the same again.' : text,
          ...(account !== undefined && { account }),
          first: steps.map((step) => step.request),
          ...(request && { request }),
        }
        return { advice }
      }
      const until = blockedUntil(refusal)
      if (until === undefined || first.length - of.first.length >= waits) {
        return { refusal, of: { ...of, first: steps } }
      }
      first = [...first, waiting(of, until)]
    }
  } catch (error) {
    if (error instanceof ImpossibleToken || error instanceof ImpossibleAccount) return undefined
    throw error
  }
}

/** The advice among what is proposed. */
export async function accepted(of: Case, proposals: readonly Proposal[]): Promise<Advice[]> {
  const all: Advice[] = []
  for (const proposal of proposals) {
    const outcome = await tried(of, proposal)
    if (outcome && 'advice' in outcome) all.push(outcome.advice)
  }
  return all
}

export const mend = (text: string): Advice => ({ do: 'mend', text, first: [] })
