import t, { type Test } from 'tap'
import { HeldStore } from '../../src/core/held-store.js'
import { openStore } from '../../src/store/database.js'

function heldStore(t: Test) {
  const store = openStore()
  t.teardown(() => store.close())
  const isOpen = () => {
    try {
      return store.serialize().length > 0
    } catch {
      return false
    }
  }
  return { held: new HeldStore(store), isOpen }
}

t.test('a store that nobody holds is closed when its world gives it up, and not before', async (t) => {
  const { held, isOpen } = heldStore(t)
  held.hold()()
  t.ok(isOpen())
  held.giveUp()
  t.notOk(isOpen())
})

t.test('a store that was given up is closed when the last of its holders lets go', async (t) => {
  const { held, isOpen } = heldStore(t)
  const [first, second] = [held.hold(), held.hold()]
  held.giveUp()
  t.ok(isOpen())
  first()
  t.ok(isOpen())
  second()
  t.notOk(isOpen())
})

t.test('who lets go twice lets go for himself alone', async (t) => {
  const { held, isOpen } = heldStore(t)
  const first = held.hold()
  held.hold()
  held.giveUp()
  first()
  first()
  t.ok(isOpen())
})
