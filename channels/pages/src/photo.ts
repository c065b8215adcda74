// Makes a photo small enough for a phone's uplink: the longer edge at most 1600 px, JPEG. What the browser cannot decode
// is sent as it is, if the service would take its size; the service re-checks every picture anyway.

const longest_edge = 1600;
const quality = 0.82;
export const most_bytes = 10 * 1024 * 1024;

export class TooLarge extends Error {}
export class NotAPhoto extends Error {}

export async function shrink(file: Blob): Promise<Blob> {
    if (file.type && !file.type.startsWith('image/')) throw new NotAPhoto();
    let picture: ImageBitmap;
    try {
        picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    } catch {
        if (!/^image\/(jpeg|png|webp)$/.test(file.type)) throw new NotAPhoto();
        if (file.size > most_bytes) throw new TooLarge();
        return file;
    }
    const scale = Math.min(1, longest_edge / Math.max(picture.width, picture.height));
    if (scale === 1 && file.type === 'image/jpeg' && file.size < 400_000) {
        picture.close();
        return file;
    }
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const pen = canvas.getContext('2d');
    if (!pen) return file;
    pen.fillStyle = '#fff'; // a transparent drawing gets paper, not black
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const small = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    const best = small && (small.size < file.size || !/^image\/(jpeg|png|webp)$/.test(file.type)) ? small : file;
    if (best.size > most_bytes) throw new TooLarge();
    return best;
}
