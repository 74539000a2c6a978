package page

import "testing"

func TestPageOpensFromAFile(t *testing.T) {
	p, folder := gallery(t)
	tab := show(t, p, folder, "", 1280, 860)
	tab.Want("document.title", "hills and haze")
	tab.Want("document.querySelector('#count').textContent", "24 pictures")
	tab.Want("document.querySelectorAll('.cell').length", "24")
	tab.Want("[...document.querySelectorAll('.cell img')].filter(i => i.complete && i.naturalWidth === 40).length", "23")
	tab.Shoot("grid")
}
