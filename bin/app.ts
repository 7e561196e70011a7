import { createPlatformApp } from './platform-app';

createPlatformApp().synth();
