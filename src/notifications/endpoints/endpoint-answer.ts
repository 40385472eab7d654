import { type Prisma } from '../../generated/prisma/client.js';
import { type EndpointDto } from './endpoint.dto.js';

/** What an answer needs of an endpoint; its secrets are never among it. */
export const ENDPOINT_SELECTION = {
  id: true,
  name: true,
  url: true,
  types: true,
  sources: true,
  status: true,
  statusReason: true,
  failingSince: true,
  previousSecretUntil: true,
  createdAt: true,
  updatedAt: true,
} satisfies Prisma.EndpointSelect;

export type SelectedEndpoint = Prisma.EndpointGetPayload<{ select: typeof ENDPOINT_SELECTION }>;

export function endpointAnswer(row: SelectedEndpoint): EndpointDto {
  return {
    ...row,
    failingSince: row.failingSince?.toISOString() ?? null,
    previousSecretUntil: row.previousSecretUntil?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
