import '../tokens.css';
import '../base.css';
import './demo.css';
import { createApp } from 'vue';
import App from './App.vue';

createApp(App).mount('#app');
