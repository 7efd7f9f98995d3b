import { passwordMatches } from './core/password.js'
import { assertUsable } from './template.js'
import { countOf, type Fixture, FixtureError, ownFiles, readFixture } from './vendors/load-fixture.js'
import type { Vendor } from './vendors/vendor.js'

/** What is wrong with a fixture file; nothing, where a server could use it. */
export interface Checked {
  readonly file: string
  readonly accounts: number
  readonly faults: readonly FixtureError[]
}

/** How many comparisons have been made, of those that are known of. */
interface Comparing {
  done: number
  of: number
  readonly tell: (done: number, of: number) => void
}

/** The accounts of which the password does not have the hash that stands beside it. */
async function disagreements({ file, accounts }: Fixture, progress: Comparing): Promise<FixtureError[]> {
  const found = await Promise.all(
    accounts.map(async ({ at, password, passwordHash }) => {
      if (password === undefined || passwordHash === undefined) return []
      progress.of += 1
      const matches = await passwordMatches(password, passwordHash)
      progress.done += 1
      progress.tell(progress.done, progress.of)
      if (matches) return []
      return [new FixtureError(file, `${at}/passwordHash`, 'a hash of the password beside it')]
    }),
  )
  return found.flat()
}

async function checkFile(vendor: Vendor, file: string, progress: Comparing): Promise<Checked> {
  try {
    const fixture = readFixture(vendor, file)
    await assertUsable(fixture)
    return {
      file,
      accounts: countOf(fixture.accounts),
      faults: await disagreements(fixture, progress),
    }
  } catch (error) {
    if (error instanceof FixtureError) return { file, accounts: 0, faults: [error] }
    throw error
  }
}

/**
 * Each fixture in a folder, or the one in a file, held against everything that a server demands of it; and each password
 * against the hash beside it, which a server takes without looking; `tell` hears of each. Throws `FixtureError` where there is none.
 */
export async function checkFixtures(
  vendors: readonly Vendor[],
  path: string,
  tell: Comparing['tell'] = () => undefined,
): Promise<Checked[]> {
  const files = await ownFiles(vendors, path)
  const progress = { done: 0, of: 0, tell }
  return Promise.all(
    vendors.flatMap((vendor) => {
      const file = files.get(vendor.name)
      return file === undefined ? [] : [checkFile(vendor, file, progress)]
    }),
  )
}
