// Who asks, and under which name, as CloudFront itself saw it. Behind it the API sees addresses of
// CloudFront's and its own name. Whatever the viewer sent in these headers is overwritten.
function handler(event) {
  var request = event.request;
  request.headers['x-viewer-address'] = { value: event.viewer.ip };
  request.headers['x-viewer-host'] = { value: request.headers.host.value };
  return request;
}
