import { ApiProperty } from '@nestjs/swagger';
import { SCENARIOS, type ScenarioName } from '../providers/provider.js';

/** A test event that was sent, and what it was answered. */
export class TestEventDto {
  /** What it tells of */
  @ApiProperty({ enum: SCENARIOS })
  scenario!: ScenarioName;
  /** Whether the answer is the one that this event should have */
  asExpected!: boolean;
  /** HTTP status that the webhook was answered; null where there was no answer */
  @ApiProperty({ type: 'integer', nullable: true, example: 200 })
  status!: number | null;
  /** The body that the webhook was answered, or why there was no answer */
  @ApiProperty({ example: '{"status":"success"}' })
  answer!: string;
  /** Our id of the event that it made, for GET /api/events/{id}; null where none was stored */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  eventId!: string | null;
  /** From sending to the end of the answer, in milliseconds */
  @ApiProperty({ example: 6.1 })
  milliseconds!: number;
}
