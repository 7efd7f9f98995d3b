import fc from 'fast-check'
import { type Effort, hunt, seed as ordinary } from './campaign.js'
import { interventions } from './interventions.js'
import { type Draw, type Model, State, type Verdict } from './model.js'
import type { Subject } from './subject.js'

interface Drawn extends Draw {
  readonly move: string
}

/** Scripts of moves; each of a part of them only, so that what takes many of one kind happens too. */
function scripts({ moves }: Model): fc.Arbitrary<Drawn[]> {
  const names = [...Object.keys(moves), ...Object.keys(interventions)]
  return fc.subarray(names, { minLength: 1 }).chain((some) => {
    const drawn = { move: fc.constantFrom(...some), who: fc.nat(3), token: fc.nat(7), how: fc.nat(7) }
    return fc.array(fc.record(drawn), { minLength: 1, maxLength: 60, size: 'max' })
  })
}

const told = ({ status, refusal, shows }: Verdict): string =>
  `${status}, ${refusal ?? 'no refusal'}${shows === undefined ? '' : `, with ${shows}`}`

/** Plays a script in a world of its own. Throws the steps so far, the last of which the model had foreseen otherwise. */
async function play(
  subject: Subject,
  model: Model,
  script: readonly Drawn[],
  sent: (expected: Verdict) => void,
): Promise<void> {
  await subject.reset()
  const state = new State(model)
  const steps: string[] = []
  for (const { move, ...draw } of script) {
    const intervene = interventions[move]
    if (intervene) {
      const done = await intervene(state, draw, subject)
      if (done !== undefined) steps.push(done)
      continue
    }
    const step = model.moves[move]?.(state, draw)
    if (!step) continue
    const { says, request, expected, learn } = step
    steps.push(`${says} (${request.method} ${request.url})`)
    sent(expected)
    const fail = (reason: string): Error =>
      new Error(['', ...steps.map((line, index) => `${index + 1}. ${line}`), reason].join('\n'))
    const answer = await subject.send(request).catch((error: Error) => {
      throw fail(error.message)
    })
    const refusal = await subject.refusalOf(answer)
    const agrees =
      answer.status === expected.status &&
      refusal === (expected.refusal ?? null) &&
      answer.text.includes(expected.shows ?? '')
    if (!agrees) {
      throw fail(
        `the model says ${told(expected)}; the emulator ${answer.status}, ${refusal ?? 'no refusal'}: ${answer.text}`,
      )
    }
    learn?.(answer)
  }
}

/**
 * Random walks through a vendor until so many requests have been sent: where the emulator disagrees with the model.
 * `meet` is told what the model says of each request.
 */
export async function huntByModel(
  subject: Subject,
  model: Model,
  { runs: requests, seed = ordinary, ...effort }: Effort,
  meet: (expected: Verdict) => void = () => undefined,
): Promise<string | null> {
  let sent = 0
  const count = (expected: Verdict) => {
    sent += 1
    meet(expected)
  }
  const trial = (script: readonly Drawn[]) => play(subject, model, script, count)
  // Scripts are of random length: in rounds, until there were enough requests.
  for (let round = 0; sent < requests; round++) {
    const runs = Math.max(10, Math.ceil((requests - sent) / 25))
    const found = await hunt({ ...effort, prey: scripts(model), trial, runs, seed: seed + round, show: () => '' })
    if (found) return found
  }
  return null
}
