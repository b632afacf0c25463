// Swagger UI on our own OpenAPI document. It loads nothing from other hosts: no validator's badge.
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();

const viewer = document.querySelector('#viewer');
// The document names JSON Schema's own dialect, which it keeps to; Swagger UI would warn of it.
const withoutDialect = () => ({ components: { JsonSchemaDialect: () => null } });
const ui = SwaggerUIBundle({
  url: '/openapi.json',
  domNode: viewer,
  plugins: [withoutDialect],
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
  onComplete() {
    if (viewer.dataset.key) ui.preauthorizeApiKey('apiKey', viewer.dataset.key);
  },
});
