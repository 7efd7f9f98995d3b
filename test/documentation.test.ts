import { join } from 'node:path'
import t from 'tap'
import { folderOf } from './support/folder.js'
import { undocumented } from './support/undocumented.js'

t.test('whatever a program can reach from the library says what it is', async (t) => {
  t.strictSame(undocumented('src/index.ts', 'src'), [])
})

t.test('what does not is found, however it is reached', async (t) => {
  const folder = folderOf(t, {
    'index.ts': `
      export { Reached } from './reached.js'
      export function bare(): void {}
      /** Said. */
      export const said = 1`,
    'reached.ts': `
      interface Inner { deep: string }
      /** Said. */
      type Written = { readonly member: Inner }
      /** Said. */
      export class Reached {
        #secret = 1
        private mine = this.#secret
        constructor() { this.mine }
        /** Said. */
        said(): Written { throw new Error() }
        unsaid(): void {}
      }`,
  })
  t.strictSame(undocumented(join(folder, 'index.ts'), folder).sort(), [
    'Inner',
    'Inner.deep',
    'Reached.unsaid',
    'Written.member',
    'bare',
  ])
})
