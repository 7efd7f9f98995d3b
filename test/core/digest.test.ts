import t from 'tap'
import { digest, md5Hex } from '../../src/core/digest.js'

t.test('digests are the published ones, in lower-case hexadecimal', async (t) => {
  // FIPS 180-2, appendix B.1, and RFC 1321, appendix A.5; both of `abc`
  t.equal(digest('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  t.equal(md5Hex('abc'), '900150983cd24fb0d6963f7d28e17f72')
})

t.test('a digest is of the text in UTF-8', async (t) => {
  // printf 'é' | sha256sum
  t.equal(digest('é'), '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c')
})
