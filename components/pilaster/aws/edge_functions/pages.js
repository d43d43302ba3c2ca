// The site is one page: an address without a file's ending is the page, which knows what to show.
// What belongs to the API never becomes a page, whatever stands behind it.
var NOT_PAGES = ['api', 'health', 'ws'];

function handler(event) {
  var request = event.request;
  var parts = request.uri.split('/');
  if (NOT_PAGES.indexOf(parts[1]) < 0 && parts[parts.length - 1].indexOf('.') < 0) {
    request.uri = '/index.html';
  }
  return request;
}
