import t from 'tap'
import { Profiles } from '../../src/core/profiles.js'

interface Profile {
  name: string
  roles: { of: string[] }
}

const ann = '{"name":"Ann","roles":{"of":["a"]}}'

t.test('a profile that has not changed is the same object; one that has is read anew', (t) => {
  const profiles = new Profiles<Profile>()
  const first = profiles.read('1', ann)
  t.strictSame(first, { name: 'Ann', roles: { of: ['a'] } })
  t.equal(profiles.read('1', ann), first)
  t.strictSame(profiles.read('1', '{"name":"Bea","roles":{"of":[]}}'), { name: 'Bea', roles: { of: [] } })
  t.equal(profiles.read('2', ann).name, 'Ann', 'another account may look the same')
  t.equal(profiles.read('1', ann).name, 'Ann', 'and what has been undone is read as it is')
  t.end()
})

t.test('nobody can change what others read, at any depth', (t) => {
  const profile = new Profiles<Profile>().read('1', ann)
  t.throws(() => {
    profile.name = 'Bea'
  }, TypeError)
  t.throws(() => {
    profile.roles.of = []
  }, TypeError)
  t.throws(() => profile.roles.of.push('b'), TypeError)
  t.end()
})

t.test('a profile may be anything that JSON can say', (t) => {
  const profiles = new Profiles<unknown>()
  for (const json of ['null', '5', '"text"', '[]', '{"a":null}'])
    t.equal(JSON.stringify(profiles.read(json, json)), json)
  t.end()
})

t.test('a thousand accounts are remembered, and of no more than these what becomes of them', (t) => {
  const profiles = new Profiles<Profile>()
  const first = profiles.read('0', ann)
  for (let id = 1; id < 1000; id++) profiles.read(`${id}`, ann)
  const other = profiles.read('1000', ann)
  t.strictSame(other, first)
  t.not(profiles.read('1000', ann), other)
  t.equal(profiles.read('0', ann), first)
  const changed = ann.replace('Ann', 'Bea')
  t.equal(profiles.read('0', changed), profiles.read('0', changed))
  t.end()
})
