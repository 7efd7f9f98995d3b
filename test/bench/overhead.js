/** What journal, world selection and fault matching take of the throughput of a login. */
import { compare, hasWrk } from './load.js'
import { figure } from './measure.js'

const with3 = 'with journal, world selection and fault matching, of those without'

/** @param {boolean} quick */
export async function benchOverhead(quick) {
  const target = '≥ 0.85'
  if (!(await hasWrk())) {
    return [{ what: `logins ${with3}`, figure: 'not measured: wrk is not installed', target, met: false }]
  }
  const { bySecond, byProcessorSecond } = await compare('whole', 'bare', quick)
  const row = (what, { one, other, ratio, least, most }) => ({
    what: `logins ${what} ${with3}`,
    figure: `${figure(ratio)}, from ${figure(least)} to ${figure(most)} (${figure(one, 0)} of ${figure(other, 0)})`,
    target,
    met: ratio >= 0.85,
  })
  return [row('a second', bySecond), row('a second of processor time', byProcessorSecond)]
}
