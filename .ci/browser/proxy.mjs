// A connection that can be cut: what stands between a browser and a server.
import { connect, createServer } from "node:net";

/** Passes everything on to the server at this URL. */
export async function startProxy(to) {
  const { hostname, port } = new URL(to);
  const open = new Set();
  let isCut = false;
  let seen = 0;
  const server = createServer((near) => {
    if (isCut) return near.destroy();
    seen += 1;
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [[near, far], [far, near]]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** How many connections were passed on so far. */
    connections: () => seen,
    /** Breaks all connections, in the middle of whatever they carry, and takes no new ones. */
    cut() {
      isCut = true;
      for (const socket of open) socket.destroy();
    },
    mend() {
      isCut = false;
    },
    stop() {
      this.cut();
      server.close();
    },
  };
}
