"""Prints what Keras' RemoteMonitor posts, for PostTests. Needs Keras 3.16 and requests; any backend."""
import http.server
import threading

import keras
import numpy as np


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        print(self.path, self.headers["Content-Type"], body)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
root = f"http://127.0.0.1:{server.server_port}"
logs = {"accuracy": 0.5, "loss": 0.6931471824645996, "val_loss": np.float32(0.25)}
keras.callbacks.RemoteMonitor(root).on_epoch_end(0, logs | {"norm": float("nan")})
keras.callbacks.RemoteMonitor(root, send_as_json=True).on_epoch_end(1, logs)

# requests refuses NaN in JSON, so Keras warns and posts nothing.
keras.callbacks.RemoteMonitor(root, send_as_json=True).on_epoch_end(2, logs | {"norm": float("nan")})
