// Lets a plain Node process run the service from its sources: node --import <this file> program.ts
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
