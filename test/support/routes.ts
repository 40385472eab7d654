import { type INestApplication } from '@nestjs/common';

export interface Route {
  readonly method: string;
  /** As Express has it, e.g. `/api/events/:id`. */
  readonly path: string;
}

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/** Every route that is registered, whoever registered it. */
export function routesOf(app: INestApplication): Route[] {
  const express = app.getHttpAdapter().getInstance() as { router: { stack: Layer[] } };
  return express.router.stack.flatMap(({ route }) =>
    route === undefined
      ? []
      : Object.keys(route.methods).map((method) => ({
          method: method.toUpperCase(),
          path: route.path,
        })),
  );
}
