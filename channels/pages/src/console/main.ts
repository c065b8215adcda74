import 'vant/es/style/base.css';
import 'vant/es/overlay/index.css';
import 'vant/es/popup/index.css';
import 'vant/es/pull-refresh/index.css';
import 'vant/es/loading/index.css';
import 'vant/es/swipe/index.css';
import 'vant/es/swipe-item/index.css';
import 'vant/es/image/index.css';
import 'vant/es/image-preview/index.css';
import '../tokens.css';
import '../base.css';
import './console.css';
import './reports.css';
import './directory.css';
import './account.css';
import { createApp } from 'vue';
import App from './App.vue';

createApp(App).mount('#app');
