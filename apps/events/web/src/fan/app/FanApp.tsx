import { useEffect } from 'react';
import { useText } from '../../shared/i18n/useText.ts';
import { Frame } from '../../shared/ui/Frame.tsx';
import { Listing } from '../features/listing/Listing.tsx';
import { ShowPage } from './ShowPage.tsx';

/** `/events/` is what's on; `/events/{slug}` is one show. */
export function FanApp({ path }: { path: string }) {
  const t = useText();
  const slug = slugOf(path);
  useEffect(() => {
    if (!slug) document.title = t('listTitle');
  }, [slug, t]);
  return slug ? (
    <ShowPage slug={slug} />
  ) : (
    <Frame>
      <Listing />
    </Frame>
  );
}

function slugOf(path: string): string | undefined {
  const found = /^\/events\/([^/]+)\/?$/.exec(path)?.[1];
  if (!found) return undefined;
  try {
    return decodeURIComponent(found);
  } catch {
    return undefined;
  }
}
