export { Empty, Failed, Loading } from '@carillon/web-kit';
