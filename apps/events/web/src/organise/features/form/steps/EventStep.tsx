import { TextArea, TextField } from '../../../../staff/ui/Form.tsx';
import type { StepProps } from '../FormPage.tsx';
import { idOf } from '../ids.ts';

export function EventStep({ values, change, leave, errors, open }: StepProps) {
  return (
    <>
      <TextField
        id={idOf('title')}
        label="Title"
        value={values.title}
        error={errors.title}
        disabled={!open}
        change={title => change({ title })}
        blur={() => leave('title')}
      />
      <TextField
        id={idOf('artist')}
        label="Artist"
        hint="Marked in the chat; nobody else can take this name."
        value={values.artist}
        error={errors.artist}
        disabled={!open}
        change={artist => change({ artist })}
        blur={() => leave('artist')}
      />
      <TextArea
        id={idOf('about')}
        label="About"
        hint="Plain text. Line breaks are kept, addresses stay text."
        rows={6}
        value={values.about}
        error={errors.about}
        disabled={!open}
        change={about => change({ about })}
        blur={() => leave('about')}
      />
      <TextField
        id={idOf('pictureUrl')}
        label="Picture"
        hint="The address of a JPEG, PNG or WebP, at least 1,200 pixels wide. Optional."
        type="url"
        inputMode="url"
        value={values.pictureUrl}
        error={errors.pictureUrl}
        disabled={!open}
        change={pictureUrl => change({ pictureUrl })}
        blur={() => leave('pictureUrl')}
      />
    </>
  );
}
