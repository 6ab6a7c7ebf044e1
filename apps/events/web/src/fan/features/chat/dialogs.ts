/** What opens over the chat, apart from it. */
export { ChatSettingsDialog } from './ChatSettingsDialog.tsx';
export { ReportDialog } from './ReportDialog.tsx';
