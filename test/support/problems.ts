import { type Answer } from './application.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whatever is not 2xx is a whole problem document (RFC 9457), with the id of the request twice. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  const { errors, ...document } = (answer.body ?? {}) as { errors?: unknown; instance?: string };
  expect({ status: answer.status, document }).toEqual({
    status,
    document: {
      type: `urn:payment-webhooks:${code}`,
      title: expect.stringMatching(/./) as string,
      status,
      detail: expect.stringMatching(/\.$/) as string,
      code,
      instance: expect.stringMatching(UUID_V7) as string,
    },
  });
  if (errors !== undefined) expect(Array.isArray(errors)).toBe(true);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('x-request-id')).toBe(document.instance);
}

/** The fields that a problem document names, in order. */
export function fieldsOf(answer: Answer): string[] {
  const { errors } = answer.body as { errors: { field: string; message: string }[] };
  return errors.map(({ field }) => field).sort();
}
