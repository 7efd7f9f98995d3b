import t from 'tap'
import { nearest } from '../../src/http/nearest.js'

const operation = (id: string, method: string, path: string) => ({
  id,
  method,
  path,
  evidence: 'seed' as const,
  reference: '',
  answers: {},
  refuses: [],
})

const operations = [
  operation('login', 'POST', '/v1/:org/auth/login'),
  operation('me', 'GET', '/v1/:org/me'),
  operation('readUser', 'GET', '/v1/user'),
  operation('changeUser', 'POST', '/v1/user'),
]

t.test('the nearest operation is the one whose path is spelled most alike', async (t) => {
  for (const [method, path, id] of [
    ['POST', '/v1/acme/auth/logn', 'login'],
    ['POST', '/v1/acme/login', 'login'],
    ['GET', '/V1/ACME/ME', 'me'],
    ['GET', '/v1/acme/mee', 'me'],
    ['GET', '/v1/users', 'readUser'],
    ['POST', '/v1/users', 'changeUser'],
    ['DELETE', '/v1/user', 'readUser'],
    ['GET', '/v1/acme/auth/login', 'login'],
  ]) {
    t.equal(nearest(operations, String(method), String(path))?.id, id, `${method} ${path}`)
  }
  t.strictSame(nearest(operations, 'GET', '/v1/me'), { id: 'me', method: 'GET', path: '/v1/:org/me' })
})

t.test('without operations there is none', async (t) => {
  t.equal(nearest([], 'GET', '/'), undefined)
})
