import type { Ground } from '../vendor.js'

const managementApi = 'https://babelnet.gitbook.io/babel-licensing-api/reference/management-api'
const aspNetCore = 'https://github.com/dotnet/aspnetcore/tree/v9.0.0/src'

/** What is known of the API, by where it can be read. */
export const sources = {
  /** API Reference, Authentication: the four operations on who is logged in. */
  authentication: { evidence: 'seed', reference: 'https://docs.babelfor.net' },
  roles: { evidence: 'documented', reference: `${managementApi}/roles` },
  apiKeys: { evidence: 'documented', reference: `${managementApi}/api-keys` },
  /** Challenges of a caller who is not known, and of one who may not. */
  bearer: {
    evidence: 'framework',
    reference: `${aspNetCore}/Security/Authentication/JwtBearer/src/JwtBearerHandler.cs`,
  },
  /** Bodies that are not what an action takes. */
  modelState: {
    evidence: 'framework',
    reference: `${aspNetCore}/Mvc/Mvc.Core/src/Infrastructure/ModelStateInvalidFilter.cs`,
  },
  clientErrors: {
    evidence: 'framework',
    reference: `${aspNetCore}/Mvc/Mvc.Core/src/Infrastructure/ClientErrorResultFilter.cs`,
  },
  routing: { evidence: 'framework', reference: `${aspNetCore}/Http/Routing/src/Matching/HttpMethodMatcherPolicy.cs` },
  server: { evidence: 'framework', reference: `${aspNetCore}/Servers/Kestrel` },
  ours: { evidence: 'assumed', reference: 'src/vendors/README.md#babelfor' },
} satisfies Readonly<Record<string, Ground>>
