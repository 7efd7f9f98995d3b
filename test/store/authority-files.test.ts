import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { AuthorityFiles } from '../../src/store/authority-files.js'
import { folderOf } from '../support/folder.js'

const identity = { certificate: 'a certificate', key: 'a key' }

t.test('what has been written is found, the key by its owner alone', async (t) => {
  const folder = folderOf(t)
  const files = new AuthorityFiles(folder)
  t.equal(files.find(), undefined)
  files.write(identity)
  t.strictSame(new AuthorityFiles(folder).find(), identity)
  t.strictSame(readdirSync(folder).sort(), ['ca-key.pem', 'ca.pem'])
  t.equal(statSync(files.keyPath).mode & 0o777, 0o600)
})

t.test('a key is its owner’s alone though an earlier one, or what is left of one, was everybody’s', async (t) => {
  const folder = folderOf(t, { 'ca-key.pem': 'old', 'ca-key.pem.new': 'left' })
  for (const file of readdirSync(folder)) chmodSync(join(folder, file), 0o666)
  const files = new AuthorityFiles(folder)
  t.equal(files.find(), undefined, 'a key without a certificate is none')
  files.write(identity)
  t.equal(statSync(files.keyPath).mode & 0o777, 0o600)
  t.strictSame(readdirSync(folder).sort(), ['ca-key.pem', 'ca.pem'])
})

t.test('a file that cannot be read is named', async (t) => {
  const folder = folderOf(t, { 'ca.pem': 'a certificate' })
  const files = new AuthorityFiles(folder)
  t.throws(() => files.find(), { name: 'DataError', message: /^.*ca-key\.pem: ENOENT/ })
  rmSync(files.certificatePath)
  mkdirSync(files.certificatePath)
  t.throws(() => files.find(), { name: 'DataError', message: /^.*ca\.pem: EISDIR/ })
})

t.test('a file that cannot be written is named, and nothing is left beside what was there', async (t) => {
  const folder = folderOf(t)
  const files = new AuthorityFiles(folder)
  files.write(identity)
  rmSync(files.certificatePath)
  mkdirSync(files.certificatePath)
  writeFileSync(join(files.certificatePath, 'x'), '')
  t.throws(() => files.write({ ...identity, key: 'another' }), { name: 'DataError', message: /^.*ca\.pem: E/ })
  t.strictSame(readdirSync(folder).sort(), ['ca-key.pem', 'ca.pem'])
  t.equal(readFileSync(files.keyPath, 'utf8'), 'another', 'the key comes first')
})
