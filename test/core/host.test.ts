import t from 'tap'
import { hostMatches } from '../../src/core/host.js'

t.test('a pattern means the name it is, or one label before what follows its asterisk', async (t) => {
  const rows: [string, string, boolean][] = [
    ['api.Example.com', 'api.example.com', true],
    ['api.example.com', 'example.com', false],
    ['*.example.com', 'a.example.com', true],
    ['*.Example.com', 'a.example.com', true],
    ['*.example.com', 'a.b.example.com', false],
    ['*.example.com', 'example.com', false],
    ['*.example.com', '.example.com', false],
  ]
  for (const [pattern, host, matches] of rows) t.equal(hostMatches(pattern, host), matches, `${pattern} ${host}`)
})
