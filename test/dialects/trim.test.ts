import t from 'tap'
import { trimEndOf, trimOf } from '../../src/dialects/trim.js'

t.test('what matches goes from both ends or from the end only, and stays in between', async (t) => {
  const rows: [string, string, string][] = [
    ['', '', ''],
    ['a', 'a', 'a'],
    [' \t', '', ''],
    [' a b\n', 'a b', ' a b'],
    ['a  ', 'a', 'a'],
    ['  a', 'a', '  a'],
  ]
  for (const [text, both, end] of rows) {
    t.equal(trimOf(text, /\s/), both, JSON.stringify(text))
    t.equal(trimEndOf(text, /\s/), end, JSON.stringify(text))
  }
})

// Quadratic work would take longer than the runner lets a test file live.
t.test('the work grows with the length of the text', async (t) => {
  const blanks = ' '.repeat(1_000_000)
  t.equal(trimOf(`a${blanks}b`, /\s/).length, 1_000_002)
  t.equal(trimOf(`${blanks}a${blanks}`, /\s/), 'a')
  t.equal(trimEndOf(`a${blanks}b${blanks}`, /\s/).length, 1_000_002)
})
