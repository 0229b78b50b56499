import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';

/** OpenAPI 3.1, generated from the schemas that validate; JSON Schema 2020-12. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setTitle('Causeway')
    .setDescription(
      'A bridge between messaging networks: end-to-end encrypted wherever both ends can be, honest about it wherever they cannot.',
    )
    .setVersion('1')
    .setLicense('AGPL-3.0-only', 'https://www.gnu.org/licenses/agpl-3.0.html')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth()
    .build();
  return SwaggerModule.createDocument(app, base, {
    operationIdFactory: (controller, method) => `${controller.replace('Controller', '')}_${method}`,
    standardSchemaConverter: (schema) => (schema instanceof z.ZodType ? { schema: jsonSchemaOf(schema) } : undefined),
  });
}

/** On the wire everything has its input form: bytes are base64url text, addresses are URIs. */
const jsonSchemaOf = (schema: z.ZodType): unknown => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return json;
};

/** `/openapi.json` for programs, `/docs` for people. */
export function serveOpenApi(app: NestFastifyApplication): void {
  const document = openApiDocument(app);
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', customSiteTitle: 'Causeway API' });
}
