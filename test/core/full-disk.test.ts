import t from 'tap'
import { isFullDisk, toLog } from '../../src/core/full-disk.js'

const failure = (code: string) => Object.assign(new Error('disk is full'), { code })

t.test('that a disk is full is told in one line, any other failure with all that is known of it', async (t) => {
  for (const code of ['SQLITE_FULL', 'ENOSPC', 'EDQUOT']) {
    t.ok(isFullDisk(failure(code)), code)
    t.equal(toLog(failure(code)), 'there is no room for what has to be kept (Error: disk is full)')
  }
  for (const other of [failure('SQLITE_CORRUPT'), new Error('no'), 'SQLITE_FULL', undefined]) {
    t.notOk(isFullDisk(other))
    t.equal(toLog(other), other)
  }
})
