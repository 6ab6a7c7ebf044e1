import {
  BadRequestException,
  DeleteMessagingStreamingConfigurationsCommand,
  GetMessagingStreamingConfigurationsCommand,
  NotFoundException,
  PutMessagingStreamingConfigurationsCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { exactly, refused } from '../lib/assert.js';
import { messaging, ours, region } from '../lib/target.js';
import { World } from '../lib/world.js';

const world = await World.create();
const AppInstanceArn = world.arn;
const account = AppInstanceArn.split(':')[4];
const stream = name => `arn:aws:kinesis:${region}:${account}:stream/${name}`;
const send = (Command, more) => messaging.send(new Command({ AppInstanceArn, ...more }));

ours('Streaming configurations are put, got and deleted', 'AWS wants the stream to exist', async () => {
  const missing = () => refused(send(GetMessagingStreamingConfigurationsCommand), NotFoundException, 'NotFound', 404);
  await missing();
  const StreamingConfigurations = [
    { DataType: 'Channel', ResourceArn: stream('chime-messaging-a') },
    { DataType: 'ChannelMessage', ResourceArn: stream('chime-messaging-b') },
  ];
  exactly(await send(PutMessagingStreamingConfigurationsCommand, { StreamingConfigurations }), {
    StreamingConfigurations,
  });
  exactly(await send(GetMessagingStreamingConfigurationsCommand), { StreamingConfigurations });
  const one = { StreamingConfigurations: [StreamingConfigurations[1]] };
  await send(PutMessagingStreamingConfigurationsCommand, one);
  exactly(await send(GetMessagingStreamingConfigurationsCommand), one);
  await send(DeleteMessagingStreamingConfigurationsCommand);
  await missing();
});

ours('Only streams with the prescribed prefix will do', 'AWS wants the stream to exist', async () => {
  await refused(
    send(PutMessagingStreamingConfigurationsCommand, {
      StreamingConfigurations: [{ DataType: 'Channel', ResourceArn: stream('another-name') }],
    }),
    BadRequestException,
    'BadRequest',
    400,
  );
});
