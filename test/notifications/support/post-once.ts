/** Sends once, to the URL in the arguments at 127.0.0.1, in the environment that it is given. */
import { HttpSender } from '../../../src/notifications/outbound/http-sender.js';
import { OutboundRules } from '../../../src/notifications/outbound/outbound-rules.js';

const settings = { notifyAllowCidrs: ['127.0.0.0/8'], publicUrl: 'https://pay.example.com' };
const here = { address: '127.0.0.1', family: 4 };
const sender = new HttpSender(new OutboundRules(settings, () => Promise.resolve([here])));
const { signal } = new AbortController();
const sent = await sender.post(process.argv[2]!, { headers: {}, body: Buffer.from('{}'), signal });
process.stdout.write(JSON.stringify(sent));
process.exit(0);
