import type { Ground } from '../vendor.js'

const repository = 'https://github.com/ladybirdweb/faveo-helpdesk'
const release19 = `${repository}/tree/v1.9.6`
const release110 = `${repository}/tree/v1.10`
const release2 = `${repository}/tree/713868c7`

/** What is known of the API, by where it can be read. The repository holds the libraries that the product runs on, too. */
export const sources = {
  login: { evidence: 'seed', reference: `${repository}/wiki/Access-and-Authentication` },
  user: { evidence: 'documented', reference: `${repository}/wiki/Get-Authenticated-User` },
  controllers: { evidence: 'source', reference: `${release110}/app/Api/v1` },
  controllers19: { evidence: 'source', reference: `${release19}/app/Http/Controllers/Api/v1` },
  /** What becomes of an exception. */
  handler: { evidence: 'source', reference: `${release110}/app/Exceptions/Handler.php` },
  handler19: { evidence: 'source', reference: `${release19}/app/Exceptions/Handler.php` },
  /** Whatever is wrong with a token. */
  middleware: { evidence: 'source', reference: `${release110}/app/Http/Middleware/JwtAuthenticate.php` },
  middleware19: {
    evidence: 'source',
    reference: `${release19}/vendor/tymon/jwt-auth/src/Middleware/GetUserFromToken.php`,
  },
  framework: { evidence: 'framework', reference: `${release110}/vendor/laravel/framework` },
  framework19: { evidence: 'framework', reference: `${release19}/vendor/laravel/framework` },
  framework2: { evidence: 'framework', reference: `${release2}/vendor/laravel/framework` },
  ours: { evidence: 'assumed', reference: 'src/vendors/README.md#faveo-helpdesk' },
} satisfies Readonly<Record<string, Ground>>
