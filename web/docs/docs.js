"use strict";

window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  // A validator would be asked over the network; this page asks nobody but this program.
  validatorUrl: null,
  // A key stays in the page's memory and is gone with it.
  persistAuthorization: false,
});
