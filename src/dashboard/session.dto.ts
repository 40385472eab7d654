import { ApiProperty } from '@nestjs/swagger';

/** To whom one is speaking. */
export class SessionDto {
  /**
   * Of the service
   * @example 0.1.0
   */
  version!: string;
  /** Whether it keeps its payments in a Postgres of its own, so that `npm run studio` shows them */
  embedded!: boolean;
  /** @example payments */
  databaseName!: string;
  /** The address at which providers call it */
  @ApiProperty({ format: 'uri', example: 'https://payments.example.com' })
  publicUrl!: string;
  /** Whether the documentation of the API is at /docs */
  docs!: boolean;
}
