import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

// The pages are served under `default-src 'none'; script-src 'self'; style-src 'self'`: nothing may be inlined into a
// page, so small assets stay files, styles stay files, and the preload helper that would be an inline script is left out.
export default defineConfig({
    base: '/',
    appType: 'mpa',
    publicDir: false,
    plugins: [vue()],
    define: { __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false' },
    build: {
        outDir: 'dist',
        assetsDir: 'assets',
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
        rollupOptions: {
            input: { chat: 'chat/index.html', console: 'console/index.html', demo: 'demo/index.html' },
            output: { manualChunks: { vue: ['vue'] } },
        },
    },
});
