export { operationsOf } from '../../src/http/operations.js'
