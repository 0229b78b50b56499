import { Module, type DynamicModule } from '@nestjs/common';
import type { ProcessContext } from '@causeway/process-context';
import { DeskController } from './desk.controller.js';
import { EdgeDuties } from './edge-duties.js';
import { EDGE } from './edge-token.js';
import type { Edge } from './open-edge.js';
import { MediaController } from './media.controller.js';
import { MediaLinks } from './media-links.js';
import { PublicUrl } from './public-url.js';
import { WebhooksController } from './webhooks.controller.js';

/** The only process that opens or seals words: webhooks outside, a private desk inside, clear lanes from the queue. */
@Module({})
export class EdgeModule {
  static with({ process, edge }: { readonly process: ProcessContext; readonly edge: Edge }): DynamicModule {
    return {
      module: EdgeModule,
      controllers: [DeskController, WebhooksController, MediaController],
      providers: [
        { provide: EDGE, useValue: edge },
        { provide: PublicUrl, useValue: new PublicUrl(process.config.edgePublicUrl) },
        { provide: MediaLinks, useValue: edge.mediaLinks },
        { provide: EdgeDuties, useValue: new EdgeDuties(process, edge) },
      ],
    };
  }
}
