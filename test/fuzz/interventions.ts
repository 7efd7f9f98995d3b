import type { Draw, Person, State } from './model.js'
import type { Subject } from './subject.js'

/** What is done through the control plane; undefined, where there is nothing to do. */
type Intervention = (state: State, draw: Draw, subject: Subject) => Promise<string> | undefined

const advanceBy = async (state: State, { control }: Subject, by: number): Promise<string> => {
  await control('POST', '/clock/advance', { by })
  state.now += by
  return `${by} ms later`
}

async function changed(person: Person, { control, target }: Subject, change: object, says: string): Promise<string> {
  const id = encodeURIComponent(person.login)
  await control('PATCH', `/accounts/${target.vendor.name}/${id}`, change)
  return `${person.login} ${says}`
}

export const interventions: Readonly<Record<string, Intervention>> = {
  later: (state, { how }, subject) => {
    const steps = [1, 999, 1000, 60_000, 3_600_000, ...state.model.lifetimes]
    return advanceBy(state, subject, steps[how % steps.length] ?? 1)
  },
  edge: (state, draw, subject) => {
    const { expiresAt = null } = state.held(draw) ?? {}
    const by = (expiresAt ?? 0) - (draw.how % 2) - state.now
    return by > 0 ? advanceBy(state, subject, by) : undefined
  },
  password: (state, draw, subject) => {
    const person = state.person(draw)
    if (person.state === 'gone') return undefined
    const password = `${person.login}-${draw.how}`
    if (password !== person.password) person.formerly = person.password
    person.password = password
    return changed(person, subject, { password }, `has the password ${password}`)
  },
  state: (state, draw, subject) => {
    const person = state.person(draw)
    const states = [...state.model.states, 'active' as const]
    if (person.state === 'gone' || states.length === 1) return undefined
    person.state = states[draw.how % states.length] ?? 'active'
    return changed(person, subject, { state: person.state }, `is ${person.state}`)
  },
  remove: (state, draw, { control, target }) => {
    const person = state.person(draw)
    if (person.state === 'gone' || draw.how % 2 === 1) return undefined
    person.state = 'gone'
    const removed = control('DELETE', `/accounts/${target.vendor.name}/${encodeURIComponent(person.login)}`)
    return removed.then(() => `${person.login} is removed`)
  },
  reset: (state, { how }, subject) => {
    if (how % 4 !== 0) return undefined
    state.reset()
    return subject.reset().then(() => 'the world is reset')
  },
}
